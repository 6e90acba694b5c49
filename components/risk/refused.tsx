/** Why a figure is not there: what is missing, in the words of whoever refused. */
export const Refused = ({ message }: { message: string }) => <p className="t2 fs12 card-b">{message}</p>;
