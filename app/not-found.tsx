import Link from "next/link";

export default function NotFound() {
  return (
    <div className="auth">
      <main className="card">
        <h1 className="fs20 semi">Nothing is here</h1>
        <p className="t2">The address is wrong, or what it names is not yours.</p>
        <Link href="/overview" className="btn pri">
          Go to the overview
        </Link>
      </main>
    </div>
  );
}
