import * as z from 'zod';

/** An error: a problem document of RFC 9457. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().meta({ description: 'What a program looks at.' }),
  request_id: z.string(),
  errors: z
    .array(
      z.strictObject({
        path: z.string().meta({ description: 'A JSON pointer, such as /tasks/2/priority.' }),
        message: z.string(),
      }),
    )
    .exactOptional()
    .meta({ description: 'What is wrong with the input, of `validation_failed`.' }),
});

export type Problem = z.output<typeof problemSchema>;
