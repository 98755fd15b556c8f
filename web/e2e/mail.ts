// A mail server that the flows read from: mail.py.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Mail {
  subject: string;
  text: string;
}

export class MailSink {
  private constructor(
    private readonly process: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    /** What sends a server's mail here. */
    readonly settings: Record<string, unknown>,
  ) {}

  static async start(): Promise<MailSink> {
    const child = spawn('/usr/bin/python3', [join(new URL('.', import.meta.url).pathname, 'mail.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    return new MailSink(child, lines, JSON.parse(String(first.value)) as Record<string, unknown>);
  }

  /** The last mail to an address, once there is one. */
  async to(address: string): Promise<Mail> {
    this.process.stdin?.write(`${address}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error(`no mail to ${address}`);
    return JSON.parse(line.value) as Mail;
  }

  stop(): void {
    this.process.kill();
  }
}

/** The path of the first link in a mail that has `part` in it: its host is the configured one, not the test's. */
export function linkIn(mail: Mail, part: string): string {
  const found = mail.text.match(/https?:\/\/\S+/g)?.find((link) => link.includes(part));
  if (!found) throw new Error(`no link with ${part} in ${mail.text}`);
  const url = new URL(found);
  return url.pathname + url.search;
}
