import { NextRequest } from "next/server";
import { expect, it } from "vitest";
import { identifyPage } from "./identify-page";

const page = (id: string | null, location: string | null = null) =>
  identifyPage(new NextRequest("http://127.0.0.1:3000/agents", { headers: id === null ? {} : { "x-request-id": id } }), location);

it("tells the same id to the server that renders the page and to the browser", () => {
  const response = page("from-the-balancer");
  expect(response.headers.get("x-request-id")).toBe("from-the-balancer");
  expect(response.headers.get("server-timing")).toBe('request;desc="from-the-balancer"');
  expect(response.headers.get("x-middleware-request-x-request-id")).toBe("from-the-balancer");
  expect(page(null).headers.get("x-request-id")).not.toBe(page(null).headers.get("x-request-id"));
});

it("is on redirects too", () => {
  const response = page("from-the-balancer", "http://127.0.0.1:3000/agents");
  expect(response.status).toBe(307);
  expect(response.headers.get("location")).toBe("http://127.0.0.1:3000/agents");
  expect(response.headers.get("x-request-id")).toBe("from-the-balancer");
});

it("lets a forged id no further than the door", () => {
  const response = page(`x";dur=1, y;desc="${"z".repeat(80)}`);
  const id = response.headers.get("x-request-id");
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(response.headers.get("server-timing")).toBe(`request;desc="${id}"`);
  expect(response.headers.get("x-middleware-request-x-request-id")).toBe(id);
});
