import { expect } from 'vitest';
import { runInEmulator } from '../emulator-python.ts';
import type { Proof } from '../proof.ts';

const copyItems = `
import copy
from ministack.services import dynamodb
stock, calls = copy.deepcopy, 0
def counting(value, memo=None):
    global calls
    calls += 1
    return stock(value, memo)
copy.deepcopy = counting
item = {"list": {"L": [{"S": "a"}, {"BOOL": True}]}, "map": {"M": {"n": {"N": "1"}}}}
copied = dynamodb.copy.deepcopy(item)
independent = copied["list"]["L"] is not item["list"]["L"] and copied["map"]["M"]["n"] is not item["map"]["M"]["n"]
print(json.dumps({"calls": calls, "equal": copied == item, "independent": independent}))
`;

export const plainCopies: Proof = {
  patch: 'plain_copies',
  states: 'an item is copied without the search for cycles, and shares nothing with its copy',
  prove: async ({ without }) => {
    const answer = await runInEmulator('plain_copies', without, copyItems);
    expect(answer).toEqual({ calls: 0, equal: true, independent: true });
  },
};
