import { Loading } from "@/components/ui/states";

export default function AppLoading() {
  return (
    <div className="card">
      <Loading rows={6} label="Loading the page" />
    </div>
  );
}
