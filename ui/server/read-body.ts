import type { z as Zod, ZodType } from 'zod';
import { Refusal } from './request.ts';

/** What a button sent, checked. The schema is made when one is pressed: zod would be most of the server's start. */
export async function readBody<T>(body: unknown, schema: (z: typeof Zod) => ZodType<T>): Promise<T> {
  const { z } = await import('zod');
  const read = schema(z).safeParse(body);
  if (!read.success) throw new Refusal(400, z.prettifyError(read.error));
  return read.data;
}
