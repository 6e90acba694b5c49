import { Eye } from "lucide-react";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { ApiProvider } from "@/components/api/api-provider";
import { LiveUpdates } from "@/components/live/live-updates";
import { InvitationNotes } from "@/components/members/invitation-notes";
import { RoleProvider } from "@/components/members/rights";
import { BottomBar } from "@/components/shell/bottom-bar";
import { Sidebar } from "@/components/shell/sidebar";
import { TopBar } from "@/components/shell/top-bar";
import { container } from "@/server/container";

/** Who is asking decides what is shown: never made ahead of time. */
export const dynamic = "force-dynamic";

/** The auth boundary: nobody sees a page of the app without a session. */
export default async function AppLayout({ children }: { children: ReactNode }) {
  const { auth, market, build, events } = await container();
  const caller = await auth.authenticate(await headers());
  if (!caller) redirect("/sign-in");
  // Before the page asks for anything: what happens from here on reaches it as an event.
  const place = await events.log.newest(caller.scope);
  return (
    <ApiProvider>
      <RoleProvider role={caller.scope.role}>
        <a className="skip" href="#main">
          Skip to the content
        </a>
        <div className="app">
          <Sidebar build={build} />
          <div className="main">
            <TopBar market={market.feed.source} address={caller.address} isDemo={caller.isDemo} />
            <main id="main" className="page">
              <InvitationNotes />
              {caller.scope.role === "viewer" && (
                <p className="note" role="note" style={{ marginBottom: 16 }}>
                  <Eye className="i" aria-hidden="true" />
                  You are a viewer here: you see everything and change nothing.
                </p>
              )}
              {children}
            </main>
          </div>
        </div>
        <BottomBar />
        <LiveUpdates workspaceId={caller.workspace.id} place={place} />
      </RoleProvider>
    </ApiProvider>
  );
}
