import { assertRejects } from "@std/assert";
import { checkAccuracy, CheckError } from "cnn";

const hits = (p: number[], labels: number[]) => {
  let count = 0;
  for (let i = 0; i < p.length; i++) if (p[i] === labels[i]) count += 1;
  return count;
};

Deno.test("checkAccuracy() passes a right solution for any seed", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    await checkAccuracy((p, labels) => hits(p, labels) / p.length, {
      exercise: "0.2",
      seed,
    });
  }
});

const wrong: [string, (p: number[], labels: number[]) => number][] = [
  ["error rate", (p, labels) => (p.length - hits(p, labels)) / p.length],
  ["count instead of share", hits],
  ["percent instead of share", (p, l) => hits(p, l) / p.length * 100],
  ["divided by the number of classes", (p, l) => hits(p, l) / 10],
];
for (const [mistake, solution] of wrong) {
  Deno.test(`checkAccuracy() names the mistake: ${mistake}`, async () => {
    for (let seed = 1; seed <= 20; seed++) {
      await assertRejects(
        () => checkAccuracy(solution, { exercise: "0.2", seed }),
        CheckError,
        `Exercise 0.2: ${mistake}`,
      );
    }
  });
}
