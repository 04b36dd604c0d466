import { assert, assertEquals } from "@std/assert";
import { csvField, safeFileName } from "cnn/homework";
import { classroomResult } from "../../../tools/homework/report/classroom.ts";
import {
  cleanText,
  type SubmissionResult,
  sumPoints,
} from "../../../tools/homework/grade/result.ts";

Deno.test("csvField() disarms formulas and quotes separators", () => {
  const pairs = [
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@x", "'@x"],
    ["\t=1", "'\t=1"],
    [" =1", "' =1"],
    ["a,b", '"a,b"'],
    ['a"b', '"a""b"'],
    ["a\nb", '"a\nb"'],
    ["plain", "plain"],
  ];
  for (const [text, field] of pairs) assertEquals(csvField(text), field);
  assertEquals(csvField(-1), "-1");
});

Deno.test("safeFileName() keeps names apart and stays inside its folder", () => {
  const names = [
    "a",
    "A/b",
    "..",
    ".",
    ".hidden",
    "a%2Fb",
    "a/b",
    "con",
    "x".repeat(300),
    "x".repeat(299),
    "-o",
    "a\0b",
    "김",
  ];
  const safe = names.map(safeFileName);
  assertEquals(new Set(safe).size, names.length);
  for (const name of safe) {
    assert(/^[^./\\:-][^/\\:]*$/.test(name) && name.length < 130, name);
    assert(!name.endsWith("."), name);
  }
  assertEquals(safeFileName("김"), "김");
});

Deno.test("cleanText() cuts, drops control characters and paths", () => {
  assertEquals(cleanText("a\u202eb\u0000c\nd"), "abc\nd");
  assertEquals(cleanText("at /x/y/lib/a.ts", ["/x/y"]), "at lib/a.ts");
  assert(cleanText("x".repeat(10_000)).length < 2000);
});

Deno.test("sumPoints() adds without the noise of floating point", () => {
  assertEquals(sumPoints([0.1, 0.2]), 0.3);
});

Deno.test("classroomResult() is what GitHub Classroom's reporter reads", () => {
  const result: SubmissionResult = {
    student: "",
    notebook: "n",
    status: "graded",
    points: 1,
    maxPoints: 4,
    notes: [],
    exercises: [
      {
        id: "1.1",
        title: "One",
        points: 1,
        maxPoints: 1,
        status: "passed",
        answer: "",
      },
      {
        id: "1.2",
        title: "",
        points: 0,
        maxPoints: 3,
        status: "failed",
        mistake: "flipped kernel",
        details: "d",
        answer: "",
      },
      {
        id: "1.3",
        title: "",
        points: 0,
        maxPoints: 9,
        status: "manual",
        answer: "",
      },
    ],
  };
  const json = new TextDecoder().decode(
    Uint8Array.fromBase64(classroomResult([result])),
  );
  assertEquals(JSON.parse(json), {
    version: 1,
    status: "fail",
    max_score: 4,
    tests: [
      { name: "n One", status: "pass", score: 1, message: null },
      { name: "n 1.2", status: "fail", score: 0, message: "flipped kernel: d" },
    ],
  });
});
