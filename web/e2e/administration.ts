// What the flows of administration do again and again.
import type { Locator, Page } from 'playwright-core';

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
export const dialog = (page: Page): Locator => page.getByRole('dialog');

/** Chooses from the menu of a table's row that has this text. */
export async function action(page: Page, row: string, item: string): Promise<void> {
  await page.getByRole('row').filter({ hasText: row }).getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}
