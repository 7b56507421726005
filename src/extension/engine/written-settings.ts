import * as vscode from 'vscode';

/** What the user wrote; undefined where only a default, or a folder's settings, say something. */
export function userValue(name: string): unknown {
  return inspected(name)?.globalValue;
}

/** What the folder or the workspace that is open says. */
export function folderValue(name: string): unknown {
  const found = inspected(name);
  return found?.workspaceFolderValue ?? found?.workspaceValue;
}

/** Address of the workspace file or the folder that is open; undefined where none is. */
export function folderPlace(): string | undefined {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  return (workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString();
}

/** The language of our texts decides nothing: a folder may choose it. */
export function chosenLanguage(): 'auto' | 'en' | 'ko' {
  const chosen: unknown = vscode.workspace.getConfiguration('switchover').get('language');
  return chosen === 'en' || chosen === 'ko' ? chosen : 'auto';
}

function inspected(name: string): ReturnType<vscode.WorkspaceConfiguration['inspect']> {
  return vscode.workspace.getConfiguration('switchover').inspect(name);
}
