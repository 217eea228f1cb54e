import type { JsonObject } from '../../../engine/model/names.ts';
import { reachable } from './reachable.ts';
import { flatten } from './values.tsx';

/** What a result was made with, a line each. */
export function Parameters({ parameters }: { readonly parameters: JsonObject }) {
  return (
    <>
      <h2>Parameters</h2>
      <table class="values" ref={reachable}>
        <caption class="hidden">Parameters</caption>
        <thead>
          <tr>
            <th scope="col">name</th>
            <th scope="col">value</th>
          </tr>
        </thead>
        <tbody>
          {flatten(parameters, '').map(([name, value]) => (
            <tr key={name}>
              <td>{name}</td>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
