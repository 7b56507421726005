/** A test that runs inside the extension host. It passes unless it throws. */
export interface InHostTest {
  /** A sentence. */
  readonly name: string;
  run(): Promise<void>;
}

/** Asks until the answer is there, at most `limitMs`. */
export async function eventually<Answer>(
  what: string,
  ask: () => Answer | undefined | Promise<Answer | undefined>,
  limitMs = 30_000,
): Promise<Answer> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`Not within ${limitMs / 1000} s: ${what}`);
    }
    await new Promise((done) => {
      setTimeout(done, 100);
    });
  }
}
