export type { AgentClient } from './agent-client.ts';
export { FinalError, type WorkContext, type WorkHandler, type WorkOptions } from './agent-worker.ts';
export { clientCredentials } from './client-credentials.ts';
export { TasklaneClient } from './tasklane-client.ts';
export { TasklaneError } from './tasklane-error.ts';
export { verifyWebhook, type WebhookDelivery } from './verify-webhook.ts';
