using System.Text;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// Why the kernel refused a probe: tracefs keeps its last refusals in error_log, each with the command it refused. All tools share
/// the file, so only an entry with our own command counts.
/// <code>
/// [   11.637583] event_probe: error: Invalid fetch argument
///   Command: e:dropforensics_…/drop skb/kfree_skb …
///                                     ^
/// </code>
/// </summary>
internal static class ErrorLog
{
    /// <summary>The newest reason given for <paramref name="command"/>; null if the kernel gave none.</summary>
    public static string? ReasonFor(string tracefs, string command)
    {
        // Its first word, which has our random group: up to about 5.15 the kernel keeps at most 255 bytes of a command.
        string definition = $" {command.Split(' ')[0]} ";
        string[] lines = Encoding.UTF8.GetString(HostRoot.TryReadFile(Path.Combine(tracefs, "error_log")) ?? []).Split('\n');
        for (int i = lines.Length - 1; i > 0; i--)
        {
            if (!lines[i].Contains(definition, StringComparison.Ordinal)) continue;
            int error = lines[i - 1].IndexOf("error: ", StringComparison.Ordinal);
            if (error < 0) return null;
            string reason = lines[i - 1][(error + "error: ".Length)..].Trim();
            int caret = i + 1 < lines.Length ? lines[i + 1].IndexOf('^') : -1;
            string at = caret > 0 && caret < lines[i].Length ? lines[i][caret..].Split(' ')[0] : "";
            return at.Length > 0 ? $"{reason} at '{at}'" : reason;
        }

        return null;
    }
}
