export interface PageParts {
  /** Where the editor lets the page load from. */
  readonly cspSource: string;
  /** Of this one page. */
  readonly nonce: string;
  /** Addresses that the page can load. */
  readonly script: string;
  readonly icons: string;
  readonly language: string;
  readonly title: string;
}

/** The page of the panel: nothing is allowed but our own script, styles and icon font. */
export function webviewHtml({
  cspSource,
  nonce,
  script,
  icons,
  language,
  title,
}: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
  ].join('; ');
  return `<!doctype html>
<html lang="${escaped(language)}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta property="csp-nonce" content="${nonce}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escaped(title)}</title>
    <link rel="stylesheet" href="${escaped(icons)}" />
    <style nonce="${nonce}">
      html, body { height: 100%; margin: 0; padding: 0; overflow: hidden; }
    </style>
  </head>
  <body data-vscode-context='{"preventDefaultContextMenuItems": true}'>
    <topology-app></topology-app>
    <script type="module" nonce="${nonce}" src="${escaped(script)}"></script>
  </body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
