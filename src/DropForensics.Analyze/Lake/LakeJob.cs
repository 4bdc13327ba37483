using DropForensics.Analyze.Display;
using DropForensics.Core;

namespace DropForensics.Analyze.Lake;

/// <summary>What <c>analyze lake</c> does: adds captures, asks, compacts.</summary>
internal static class LakeJob
{
    private const string CaptureEnd = ".db";

    /// <summary>
    /// Whether a word after the folder is a statement: it has spaces, no file of that name is there, and it does not end as a capture's name does.
    /// </summary>
    public static bool IsSql(string word) =>
        word.Any(char.IsWhiteSpace) && !File.Exists(word) && !word.EndsWith(CaptureEnd, StringComparison.OrdinalIgnoreCase);

    /// <param name="options">The options.</param>
    /// <param name="output">Takes the answer.</param>
    /// <param name="notes">Takes what is said of files.</param>
    /// <param name="findProgram">Finds DuckDB: see <see cref="LakeQuery.Find()"/>.</param>
    /// <param name="stop">Stops; what has been added stays, and a capture is added as a whole or not.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <exception cref="UserError">The lake or the statement cannot be used, or none of the files.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static ExitCode Run(LakeOptions options, TextWriter output, TextWriter notes, Func<string> findProgram, CancellationToken stop, ProgressLine? progress = null)
    {
        ExitCode result = options.Files.Count > 0 ? Add(options, notes, progress, stop) : ExitCode.Done;
        if (options.Compact)
        {
            (int gone, int made) = new LakeCompact(LakeFolder.Open(options.Folder), progress, stop).Run();
            progress?.Dispose();
            notes.WriteLine(made == 0 ? "nothing to compact" : $"{Units.Count(gone, "file")} became {Units.Count(made)}");
        }

        if (options.Sql is { } sql)
        {
            LakeFolder lake = LakeFolder.Open(options.Folder);
            progress?.Dispose(); // rows take its place
            var answer = new LakeAnswer(options.Format, output);
            new LakeQuery(lake, findProgram()).Ask(sql, answer.Columns, answer.Row, stop);
            if (answer.End() is { } note) notes.WriteLine(note);
        }

        return result;
    }

    private static ExitCode Add(LakeOptions options, TextWriter notes, ProgressLine? progress, CancellationToken stop)
    {
        LakeFolder lake = LakeFolder.OpenOrMake(options.Folder);
        var add = new LakeAdd(lake, progress, stop);
        int added = 0, known = 0, leftOut = 0;
        long drops = 0, bytes = 0;
        List<string> said = [];
        foreach (string file in options.Files)
        {
            stop.ThrowIfCancellationRequested();
            progress?.Prefix = options.Files.Count > 1 ? $"{Units.Count(added + known + leftOut + 1)} of {Units.Count(options.Files.Count)}: " : "";
            try
            {
                if (add.Add(file) is { } capture)
                {
                    added++;
                    drops += capture.Drops;
                    bytes += capture.Bytes;
                }
                else
                {
                    known++;
                }
            }
            catch (UserError error) when (IsOf(error, file) || !IsOf(error, lake.FullName)) // without a lake that can be read and written, nothing can be added
            {
                leftOut++;
                said.Add($"left out: {Visible.Text(error.Message.TrimEnd('.'))}");
            }
        }

        progress?.Dispose();
        said.ForEach(notes.WriteLine);
        if (added > 0) notes.WriteLine($"added {Units.Count(added, "capture")} with {Units.Count(drops, "drop")}: {Units.Bytes(bytes)}");
        if (known > 0) notes.WriteLine($"{Units.Count(known, "capture")} {(known == 1 ? "was" : "were")} in the lake already");
        return leftOut == 0 ? ExitCode.Done : added + known > 0 ? ExitCode.Incomplete : ExitCode.Unable;
    }

    private static bool IsOf(UserError error, string path) => error.Message.Contains(Path.GetFullPath(path), StringComparison.Ordinal);
}

/// <summary>The options.</summary>
/// <param name="Folder">The lake.</param>
/// <param name="Files">Captures to add.</param>
/// <param name="Sql">A statement; null: none.</param>
/// <param name="Format">How its answer is printed.</param>
/// <param name="Compact">Whether small files are put together.</param>
internal sealed record LakeOptions(string Folder, IReadOnlyList<string> Files, string? Sql, AnswerFormat Format, bool Compact);
