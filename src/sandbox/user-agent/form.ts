/** What a person types, by the name of the field. */
export interface Answers {
  readonly username: string;
  readonly password: string;
  /** When a new one is asked for during sign-on. */
  readonly newPassword?: string;
  /** When a device's code is asked for. */
  readonly userCode?: string;
}

/** A form as far as it can be filled in without a screen. */
export interface Form {
  readonly action: string;
  readonly method: 'get' | 'post';
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly value: string }[];
  readonly buttons: readonly { readonly name: string; readonly value: string }[];
}

/** Finds the forms of a page. */
export function formsIn(html: string): readonly Form[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, head = '', body = '']) => {
    const { action = '', method = 'get' } = attributesIn(head);
    return {
      action,
      method: method.toLowerCase() === 'post' ? 'post' : 'get',
      inputs: [...body.matchAll(/<input\b([^>]*)>/gi)].map(([, input = '']) => {
        const { name = '', type = 'text', value = '' } = attributesIn(input);
        return { name, type: type.toLowerCase(), value };
      }),
      buttons: [...body.matchAll(/<button\b([^>]*)>/gi)].map(([, button = '']) => {
        const { name = '', value = '' } = attributesIn(button);
        return { name, value };
      }),
    };
  });
}

/** Says what the form would send with these answers and its first button; `undefined` when it asks for something else. */
export function fieldsOf(form: Form, answers: Answers): URLSearchParams | undefined {
  const fields = new URLSearchParams();
  for (const { name, type, value } of form.inputs) {
    if (type === 'submit' || type === 'checkbox' || name === '') continue;
    const answer = type === 'hidden' ? value : (answerTo(name, type, answers) ?? value);
    if (type === 'password' && answer === '') return undefined;
    fields.append(name, answer);
  }
  const [button] = form.buttons;
  if (button?.name) fields.append(button.name, button.value);
  return fields;
}

/** Whether a script would submit it by itself, as the page of `response_mode=form_post` does. */
export function submitsItself({ inputs, buttons }: Form): boolean {
  return inputs.length > 0 && inputs.every(({ type }) => type === 'hidden') && !buttons.some(({ name }) => name !== '');
}

export function hiddenFields({ inputs }: Form): URLSearchParams {
  return new URLSearchParams(inputs.map(({ name, value }): [string, string] => [name, value]));
}

function answerTo(name: string, type: string, answers: Answers): string | undefined {
  const { username, password, newPassword, userCode } = answers;
  const byName: Readonly<Record<string, string | undefined>> = {
    username,
    login: username,
    password,
    currentPassword: password,
    newPassword: newPassword ?? '',
    repeatedPassword: newPassword ?? '',
    userCode,
  };
  if (Object.hasOwn(byName, name)) return byName[name];
  return type === 'password' ? password : undefined;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function attributesIn(head: string): Readonly<Record<string, string>> {
  const found = [...head.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)];
  return Object.fromEntries(
    found.map(([, name = '', double, single, bare]) => [name.toLowerCase(), unescaped(double ?? single ?? bare ?? '')]),
  );
}

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
}
