/** Whether the long variants of the conformance suite run too; `pnpm test:full` asks for them once. */
const ALL = process.env['QZPAY_TEST_CONFORMANCE'] === 'all';

/** What a configuration of the storage may change, above all. */
const SAMPLE = ['transactions', 'concurrency', 'invoice-numbers', 'errors'];

type Register = (name: string, body: () => Promise<void>) => unknown;

/** Registers the cases of a configuration beside the usual one: all of them where they are asked for, or a sample. */
export function sampled(it: Register): Register {
  return (name, body) => {
    const [area = ''] = name.split('/');
    if (ALL || SAMPLE.includes(area)) it(name, body);
  };
}
