import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { schemaRef } from '../../../core/contract/component-schemas.ts';
import { openApiDocument } from '../../../core/contract/open-api.ts';
import { ROUTES } from '../../../core/contract/routes.ts';
import { anApi } from '../../support/api-harness.ts';

const document = JSON.parse(JSON.stringify(openApiDocument()));

const operations = Object.entries<Record<string, Record<string, unknown>>>(document.paths).flatMap(
  ([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function everyRef(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === '$ref' && typeof member === 'string' ? [member] : everyRef(member),
  );
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
    expect(document.openapi).toBe('3.1.0');
  });

  it('refers to nothing that it does not have', () => {
    const refs = everyRef(document);
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of refs) {
      const parts = ref.slice(2).split('/');
      expect(
        parts.reduce((at, part) => at?.[part], document),
        ref,
      ).toBeDefined();
    }
  });

  it('has every route once, with its parameters and what it answers', () => {
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
      Object.keys(ROUTES).sort(),
    );
    for (const { path, operation } of operations) {
      const parameters = (operation.parameters ?? []) as { name: string; in: string }[];
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(path.match(/\{[^}]+\}/g) ?? []);
      expect(Object.keys(operation.responses ?? {})).toEqual(expect.arrayContaining(['500']));
    }
  });

  it('asks for a token everywhere but where anybody may call', () => {
    const open = operations.filter(
      ({ operation }) => (operation.security as unknown[] | undefined)?.length === 0,
    );
    expect(open.map(({ path }) => path)).toEqual(['/health', '/openapi.json', '/docs', '/docs/{file}']);
    for (const { operation } of operations.filter((one) => !open.includes(one)))
      expect(Object.keys(operation.responses ?? {})).toEqual(expect.arrayContaining(['401', '403']));
  });

  it('tells the filters of a list', () => {
    const { parameters } = document.paths['/tasks'].get;
    expect(parameters.map(({ name }: { name: string }) => name)).toEqual([
      'limit',
      'cursor',
      'status',
      'type',
      'agent_id',
      'tag',
      'lane',
      'created_after',
      'created_before',
      'scheduled_before',
    ]);
    expect(parameters[0].schema).toEqual({ type: 'integer', minimum: 1, maximum: 200, default: 50 });
  });

  it('tells the limits of a submission', () => {
    const { properties, required, additionalProperties } = document.components.schemas.Submission;
    expect(required).toEqual(['type']);
    expect(additionalProperties).toBe(false);
    expect(properties.priority).toMatchObject({ type: 'integer', minimum: 1, maximum: 10, default: 5 });
    expect(properties.tags).toMatchObject({ maxItems: 50 });
    expect(properties.deadline.anyOf).toEqual([{ type: 'string', format: 'date-time' }, { type: 'null' }]);
  });

  it('fails for a schema that it has no name for', () => {
    expect(() => schemaRef(z.string())).toThrow(TypeError);
  });

  it('is served to anybody as it is', async () => {
    const { status, headers, body } = await anApi().call('/openapi.json', { role: null });
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(body).toEqual(document);
  });
});

describe('answers keep to the document', () => {
  it('has exactly the members that its schema names, in a task, its summary and its history', async () => {
    const api = anApi();
    const { body: task } = await api.post('/tasks', { type: 'echo', payload: 1 });
    const { body: page } = await api.call('/tasks');
    const { body: history } = await api.call(`/tasks/${task.task_id}/history`);
    const { Task, TaskSummary, TaskPage, TaskHistory } = document.components.schemas;
    const names = (value: object) => Object.keys(value).sort();
    // A link to a payload is only in a task whose payload is large.
    expect([...names(task), 'payload_url'].sort()).toEqual(names(Task.properties));
    expect(Task.required).not.toContain('payload_url');
    expect(names(page.items[0])).toEqual(names(TaskSummary.properties));
    expect(names(page)).toEqual(names(TaskPage.properties));
    expect(names(history.items[0])).toEqual(names(TaskHistory.properties.items.items.properties));
  });
});
