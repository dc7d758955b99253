import { expect, it } from 'vitest';
import { describeOnEveryDriver } from './support/repositories.js';

describeOnEveryDriver('currencies', (setup) => {
  it('finds a currency by its code in any case, withdrawn ones included, in both modes', async () => {
    const { repositories, reopen } = await setup();
    const usd = await repositories.currencies.findByCode('USD');
    expect(usd).toStrictEqual({
      code: 'USD',
      name: 'US Dollar',
      minorUnits: 2,
      symbol: '$',
      active: true,
      createdAt: expect.any(Date),
    });
    expect(await repositories.currencies.findByCode('usd')).toStrictEqual(usd);
    expect(await reopen({ livemode: true }).currencies.findByCode('USD')).toStrictEqual(usd);
    expect(await repositories.currencies.findByCode('CLP')).toMatchObject({ minorUnits: 0 });
    expect(await repositories.currencies.findByCode('KWD')).toMatchObject({ minorUnits: 3 });
    expect(await repositories.currencies.findByCode('HRK')).toMatchObject({ active: false });
  });

  it.each(['', 'XXXX', '\0', '\ud800', 'x'.repeat(10_000)])('finds nothing for %j', async (code) => {
    const { repositories } = await setup();
    expect(await repositories.currencies.findByCode(code)).toBeNull();
  });

  it('lists the currencies in use by code', async () => {
    const { repositories } = await setup();
    const codes = (await repositories.currencies.findActive()).map(({ code }) => code);
    expect(codes).toEqual([...codes].sort());
    expect(codes).toEqual(
      expect.arrayContaining(['ARS', 'BRL', 'CLP', 'COP', 'EUR', 'GBP', 'MXN', 'PEN', 'USD', 'UYU']),
    );
    expect(codes).not.toContain('HRK');
  });
});
