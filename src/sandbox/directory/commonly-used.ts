/** A handful in place of PingOne's long list: enough to meet the rule. Lower-case, letters only where the variant has them. */
const commonlyUsed: ReadonlySet<string> = new Set([
  ...['password', 'passwort', 'motdepasse', 'contrasena', 'qwerty', 'qwertz', 'qwertyuiop', 'azerty', 'letmein'],
  ...['welcome', 'iloveyou', 'admin', 'administrator', 'login', 'monkey', 'dragon', 'football', 'baseball'],
  ...['sunshine', 'princess', 'superman', 'batman', 'trustno', 'master', 'shadow', 'michael', 'changeme', 'secret'],
  ...['12345678', '123456789', '1234567890', '87654321', '11111111', '00000000', 'abcdefgh', 'abc'],
]);

const lookalikes: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Whether the password, or it with decoration removed, lookalikes read as letters, or reversed, is on the list. */
export function isCommonlyUsed(password: string): boolean {
  const plain = password.toLowerCase();
  const bare = plain.replace(/^[^a-z]+|[^a-z]+$/g, '');
  const variants = [plain, bare, lettersOf(plain), lettersOf(bare), lettersOf(plain.replace(/[\d\W_]+$/, ''))];
  return variants.some((variant) => commonlyUsed.has(variant) || commonlyUsed.has([...variant].reverse().join('')));
}

function lettersOf(text: string): string {
  return [...text].map((character) => lookalikes[character] ?? character).join('');
}
