/** What a token may be for. */
export const ROLES = ['task_submitter', 'task_executor', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** The scope that gives a role; people have the role's own name as a group instead. */
export const SCOPES: Readonly<Record<Role, string>> = {
  task_submitter: 'tasklane/submit',
  task_executor: 'tasklane/execute',
  admin: 'tasklane/admin',
};
