import { request } from './http';
import { operationTable } from './operations';
import type { components, operations } from './schema';

/** The shapes of the API by name: `Schema<'TagItem'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];
export type OperationId = keyof typeof operationTable & keyof operations;

type At<T, Key extends string> = T extends { [K in Key]?: infer Value } ? NonNullable<Value> : never;
type Some<T> = [T] extends [never] ? unknown : T;
type Json<T> = T extends { content: { 'application/json': infer Value } } ? Value : never;
type Parameters<Id extends OperationId> = Some<At<operations[Id]['parameters'], 'path'>> &
  Some<At<operations[Id]['parameters'], 'query'>>;
type Body<Id extends OperationId> = Json<At<operations[Id], 'requestBody'>>;

/** What an operation answers with on success; undefined for those without a body. */
export type Answer<Id extends OperationId> = {
  [Status in keyof operations[Id]['responses']]: Json<operations[Id]['responses'][Status]>;
}[keyof operations[Id]['responses']];

/** What stands behind a repository's name in the API's paths: "tag", "manifest" and so on. */
const kBehindNames = new Set(
  Object.values(operationTable).flatMap((line) => line.split('{repository}')[1]?.split('/').filter((part) => part && !part.startsWith('{')) ?? []),
);

/** The slashes of a name stay, unless it has a segment that would be taken for the API's own. */
function encodedRepository(name: string): string {
  const encoded = encodeURIComponent(name);
  return name.split('/').slice(2).some((segment) => kBehindNames.has(segment)) ? encoded : encoded.replaceAll('%2F', '/');
}

/** Path and query of an operation, filled in. */
export function urlOf(template: string, parameters: object): string {
  const query = new URLSearchParams();
  let path = template;
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null) continue;
    const mark = `{${name}}`;
    if (path.includes(mark)) {
      const encoded = encodeURIComponent(String(value));
      path = path.replace(mark, () => (name === 'repository' ? encodedRepository(String(value)) : encoded));
    } else {
      query.set(name, String(value));
    }
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * Calls an operation of API v1 by its id: path and query parameters together, the body apart.
 * A wrong id, parameter or field does not compile. Throws ApiError with the server's words.
 */
export function call<Id extends OperationId>(
  id: Id,
  parameters: Parameters<Id>,
  ...body: [Body<Id>] extends [never] ? [] : [body: Body<Id>]
): Promise<Answer<Id>> {
  const [verb = 'GET', path = ''] = operationTable[id].split(' ');
  return request<Answer<Id>>(verb, urlOf(path, parameters as object), body[0]);
}
