using DropForensics.Analyze.Output;
using DropForensics.Core;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Export;

/// <summary>Writes the trace text byte for byte.</summary>
internal static class RawExport
{
    /// <param name="path">The capture.</param>
    /// <param name="cpu">One CPU's stream; null for all, the merged one first, then by CPU.</param>
    /// <param name="output">Takes the bytes. If its reader closes it, the rest is discarded; that is not a failure.</param>
    /// <param name="stop">Ends the output between two pieces.</param>
    /// <exception cref="UserError">No such stream, or a damaged one.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static ExitCode Run(string path, int? cpu, Stream output, CancellationToken stop)
    {
        using CaptureReader capture = CaptureReader.Open(path);
        try
        {
            Run(capture, cpu, output, stop);
        }
        catch (IOException error) when (StandardOutput.IsBrokenPipe(error))
        {
            // As with `| head -1`: the reader has enough.
        }
        catch (SqliteException error)
        {
            throw capture.Damaged(error);
        }

        return ExitCode.Done;
    }

    private static void Run(CaptureReader capture, int? cpu, Stream output, CancellationToken stop)
    {
        IReadOnlyList<RawStream> streams = capture.Streams();
        if (cpu is not null)
        {
            streams = [streams.FirstOrDefault(s => s.Cpu == cpu) ?? throw NoStream(capture.Path, cpu.Value, streams)];
        }

        foreach (RawStream stream in streams)
        {
            capture.ReadRaw(stream.Cpu, text =>
            {
                stop.ThrowIfCancellationRequested();
                output.Write(text);
            });
        }

        output.Flush();
    }

    private static UserError NoStream(string path, int cpu, IReadOnlyList<RawStream> streams) => new(
        $"{path} has no stream of CPU {cpu}",
        streams switch
        {
            [] => "It holds no trace text at all.",
            [{ Cpu: null }] => "It was imported and has one merged stream: leave --cpu out.",
            _ => $"It has the streams of CPU {string.Join(", ", streams.Select(s => s.Cpu).OfType<int>())}.",
        });
}
