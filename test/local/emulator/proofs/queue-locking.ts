import { expect } from 'vitest';
import { runInEmulator } from '../emulator-python.ts';
import type { Proof } from '../proof.ts';

/** In the middle of one deletion by a mapping, the API deletes another message and takes a new one. */
const interleave = `
import threading
from ministack.services import sqs
url = sqs._act_create_queue({"QueueName": "proof"}, "")["QueueUrl"]
queue = sqs._get_q(url)
for body in ("first", "second"):
    sqs._act_send_message({"QueueUrl": url, "MessageBody": body}, url)
first, second = sqs._collect_msgs(queue, 2, 60)

def by_the_api():
    sqs._HANDLERS["DeleteMessage"]({"QueueUrl": url, "ReceiptHandle": second["receipt_handle"]}, url)
    sqs._HANDLERS["SendMessage"]({"QueueUrl": url, "MessageBody": "confirmed"}, url)

api = threading.Thread(target=by_the_api)
class Interrupting(dict):
    def get(self, key, default=None):
        if api.ident is None:
            api.start()
            api.join(timeout=1)
        return super().get(key, default)

queue["messages"][0] = Interrupting(first)
sqs._delete_messages_for_esm(url, {first["receipt_handle"]})
api.join()
print(json.dumps([message["body"] for message in sqs._get_q(url)["messages"]]))
`;

export const queueLocking: Proof = {
  patch: 'queue_locking',
  states: 'a message that was confirmed while another is deleted stays',
  prove: async ({ without }) => {
    expect(await runInEmulator('queue_locking', without, interleave)).toEqual(['confirmed']);
  },
};
