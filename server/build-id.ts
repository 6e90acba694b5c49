import packageJson from "../package.json";
import { env } from "./env";

/** Names this build in every record: version and, where the build set one, its id. */
export const buildId = (): string => (env().BUILD_ID === "dev" ? packageJson.version : `${packageJson.version}+${env().BUILD_ID}`);
