import { describe, expect, it } from 'vitest';
import { describeDatabase, redact } from '../src/cli/secrets.js';

describe('the description of a database', () => {
  it.each([
    ['postgres://user:secret@db.example.org:5433/billing', 'db.example.org:5433/billing'],
    ['postgres://user@db.example.org/billing?sslmode=require&password=secret', 'db.example.org/billing'],
    ['postgres://db.example.org/', 'db.example.org'],
    ['postgres:///billing', 'localhost/billing'],
  ])('of %s is %s', (url, description) => {
    expect(describeDatabase(url)).toBe(description);
  });

  it.each([
    ['is not a URL', 'host=localhost password=12'],
    ['has several hosts', 'postgres://user:12@one:1,two:2/billing'],
    ['has a slash in its password', 'postgres://user:12/34@host/billing'],
    ['has a question mark in its password', 'postgres://user:12?34@host/billing'],
    ['has a hash in its password', 'postgres://user:12#34@host/billing'],
  ])('names nothing where the URL %s', (_what, url) => {
    expect(describeDatabase(url)).toBe('the given database');
  });
});

describe('redaction', () => {
  it('takes out the URL and the password, as written and as meant', () => {
    const url = 'postgres://user:p%40ss@host/billing';
    const text = `refused ${url}; password p%40ss, that is p@ss, p@ss again`;
    expect(redact(text, url)).toBe('refused ***; password ***, that is ***, *** again');
  });

  it('takes out passwords among the parameters', () => {
    const url = 'postgres://user@host/billing?password=one&sslpassword=two&application_name=three';
    expect(redact('one two three', url)).toBe('*** *** three');
  });

  it.each([
    ['postgres://user:one/two?three#four@host/billing', 'at one, at two, at three, at four'],
    ['postgres://user:one@two@host/billing', 'at one, at two'],
    ['postgres://user:one@first:1,second:2/billing', 'at one'],
    ['postgres://user:one%zz@host/billing', 'at one%zz'],
  ])('knows the password of %s, which no parser reads', (url, text) => {
    expect(redact(text, url)).toBe(text.replaceAll(/(?<=at )[^,]+/g, '***'));
  });

  it('reads a password as text, not as a pattern', () => {
    expect(redact('a.c abc $&', 'postgres://user:a.c@host/db')).toBe('*** abc $&');
    expect(redact('x$&y', 'postgres://user:$&@host/db')).toBe('x***y');
  });

  it('leaves a text alone where there is nothing to hide', () => {
    expect(redact('some text', undefined)).toBe('some text');
    expect(redact('host refused user', 'postgres://user@host/db')).toBe('host refused user');
    expect(redact('host refused user', 'postgres://user:@host/db')).toBe('host refused user');
  });
});
