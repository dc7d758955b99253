import { QZPayValidationError } from './errors.js';

/** Says what is wrong with the value of an option, never the value itself. */
type OptionRule = (value: unknown) => string | undefined;

/** A rule for each option of a type: one that has none does not compile. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/**
 * Refuses an option that does not exist, which would be a promise that nobody keeps (`dryrun` instead of `dryRun`), and
 * one whose value is none. Costs next to nothing where there are no options.
 *
 * @throws QZPayValidationError whose field is the option.
 */
export function checkOptions(options: unknown, rules: Readonly<Record<string, OptionRule>>): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) {
    throw new QZPayValidationError('options is invalid: expected an object', 'options');
  }
  for (const name in options) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      throw new QZPayValidationError(`Unknown option; there are ${Object.keys(rules).join(', ')}`, name);
    }
    const value = (options as Readonly<Record<string, unknown>>)[name];
    const problem = value === undefined ? undefined : rule(value);
    if (problem !== undefined) throw new QZPayValidationError(`${name} is invalid: ${problem}`, name);
  }
}

/** For what is checked where it is used. */
export const anything: OptionRule = () => undefined;

export const aBoolean: OptionRule = (value) => (typeof value === 'boolean' ? undefined : 'expected a boolean');

export const aFunction: OptionRule = (value) => (typeof value === 'function' ? undefined : 'expected a function');

export const aText: OptionRule = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'expected a text that is not empty';

export function aWholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): OptionRule {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `expected a whole number ${range}`;
}

export function oneOf(...values: readonly string[]): OptionRule {
  return (value) => (values.includes(value as string) ? undefined : `expected ${values.join(' or ')}`);
}

/** For options that hold options of their own. */
export function optionsOf(rules: Readonly<Record<string, OptionRule>>): OptionRule {
  return (value) => {
    checkOptions(value, rules);
    return undefined;
  };
}
