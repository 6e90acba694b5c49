"use client";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";

/** A modal question: title, what it means, actions. The control marked data-safe has the focus at first, else the first one. */
export function Dialog({
  trigger,
  title,
  description,
  children,
  open,
  onOpenChange,
}: {
  trigger?: ReactNode;
  title: string;
  description?: string;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  const content = useRef<HTMLDivElement>(null);
  return (
    <Radix.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      {trigger && <Radix.Trigger asChild>{trigger}</Radix.Trigger>}
      <Radix.Portal>
        <Radix.Overlay className="overlay" />
        <Radix.Content
          ref={content}
          className="dlg dlg-pos"
          {...(description ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={(e) => {
            const safe = content.current?.querySelector<HTMLElement>("[data-safe]");
            if (!safe) return;
            e.preventDefault();
            safe.focus();
          }}
        >
          <div className="dlg-h">
            <Radix.Title asChild>
              <h3>{title}</h3>
            </Radix.Title>
          </div>
          <div className="dlg-b">
            {description && <Radix.Description className="t2">{description}</Radix.Description>}
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const DialogClose = Radix.Close;
