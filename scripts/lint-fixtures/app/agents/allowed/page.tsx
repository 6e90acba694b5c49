// expect: nothing
import { container } from "@/server/container";

export default () => <p>{String(container)}</p>;
