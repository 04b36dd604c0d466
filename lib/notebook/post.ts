/** The post's statements, sentence by sentence, in our own words. */
import statements from "./claims.json" with { type: "json" };

/** One sentence of the post. */
export interface Statement {
  readonly id: string;
  readonly section: string;
  readonly kind:
    | "claim"
    | "definition"
    | "opinion"
    | "question"
    | "motive"
    | "plan";
  readonly says: string;
  /** "learning" where only an experiment can support or refute it. */
  readonly about?: string;
  /** The Korean word on which the meaning turns. */
  readonly word?: string;
}

/** All of them, in the post's order. */
export const post = statements as readonly Statement[];

/** The statement with this id, or undefined. */
export const statementOf = (id: string): Statement | undefined =>
  post.find((statement) => statement.id === id);
