export function Message({ text, isProblem = false }: { readonly text: string; readonly isProblem?: boolean }) {
  return (
    <p class={isProblem ? 'message problem' : 'message'} role={isProblem ? 'alert' : 'status'}>
      {text}
    </p>
  );
}
