import { expect } from 'vitest';
import { runInEmulator } from '../emulator-python.ts';
import type { Proof } from '../proof.ts';

const countReadings = `
from ministack.services import _dynamodb_keywords as partiql, dynamodb
stock = partiql._TOKEN_RE
readings = 0
class Counting:
    def match(self, text, position):
        global readings
        readings += position == 0
        return stock.match(text, position)
partiql._TOKEN_RE = Counting()
dynamodb._create_table({"TableName": "proof", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST"})
insert = "INSERT INTO \\"proof\\" VALUE {'pk': ?}"
dynamodb._batch_execute_statement({"Statements": [{"Statement": insert, "Parameters": [{"S": str(n)}]} for n in range(25)]})
print(json.dumps({"readings": readings, "items": len(dynamodb._tables["proof"]["items"])}))
`;

export const partiqlParsedOnce: Proof = {
  patch: 'partiql_parsed_once',
  states: '25 statements of one text are read once, and each runs with its own parameters',
  prove: async ({ without }) => {
    expect(await runInEmulator('partiql_parsed_once', without, countReadings)).toEqual({
      readings: 1,
      items: 25,
    });
  },
};
