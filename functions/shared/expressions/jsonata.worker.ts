import { evaluateInRealm } from './evaluate-in-realm.ts';
import type { EvaluationRequest } from './evaluation.ts';

// The process of one evaluation at a time (expression-process.ts says why it is a process).
process.on('message', (request: EvaluationRequest) => process.send?.(evaluateInRealm(request)));

// A promise that an expression left rejected says nothing that its outcome does not say.
process.on('unhandledRejection', () => {});

// The executor is gone; an evaluation that runs just now ends at its own time limit first.
process.on('disconnect', () => process.exit());

process.send?.('ready');
