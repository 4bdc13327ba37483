using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.Text;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Import;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Collect;

/// <summary>
/// One host's part of a collection, over one process that reaches it: standard input takes the program and then holds the capture alive, standard output gives
/// the result. The shell script on the other side (collect.sh) removes all of its files however it ends.
/// </summary>
internal sealed class RemoteHost(string host, CollectOptions options, RemoteProgram program, RemoteHost.IWatcher watcher)
{
    private const string Mark = "DROPFORENSICS ";
    private const int LongestLine = 4096, MostNoise = 1000, MostWords = 1 << 20;

    // The shell over there has to end the capture, which restores its host first.
    private static readonly TimeSpan MostWaitForEnd = TimeSpan.FromSeconds(20);

    private static readonly string Script = ReadScript();

    private static readonly bool HasSetSid = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, "setsid")));

    private readonly StringBuilder _noise = new();

    /// <summary>Is told how it goes, and lets all hosts begin at the same time.</summary>
    public interface IWatcher
    {
        /// <summary>Something that has happened on a host, as a sentence without its name.</summary>
        void Say(string host, string what);

        /// <summary>The host has its program; ends when the captures shall begin.</summary>
        Task AwaitStart(string host);
    }

    /// <summary>Records there, and fetches the capture.</summary>
    /// <param name="stop">Ends the capture early; it is fetched all the same.</param>
    /// <returns>The exit code of the capture.</returns>
    /// <exception cref="UserError">It failed; the message says why.</exception>
    public async Task<int> Run(CancellationToken stop)
    {
        using Process process = Start();
        await using CancellationTokenRegistration early = stop.Register(() => EndInput(process));
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            return await Talk(process, stop);
        }
        catch (UserError)
        {
            throw;
        }
        catch (Exception error) when (error is EndOfStreamException or ObjectDisposedException || IsOfConnection(error, process))
        {
            string said = await End(process, errors);
            string why = said.Length > 0 ? said : _noise.ToString().Trim();
            throw new UserError(
                stop.IsCancellationRequested && why.Length == 0 ? "stopped before it had recorded"
                : why.Length > 0 ? Visible.Lines(why) : $"the connection ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}", "");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or FormatException or OverflowException)
        {
            // This side, or an answer that makes no sense.
            throw new UserError(Visible.Text(error.Message), "");
        }
        finally
        {
            await End(process, errors);
        }
    }

    /// <summary>Whether a write failed because nobody reads any more.</summary>
    private static bool IsOfConnection(Exception error, Process process) => error is IOException io && (StandardOutput.IsBrokenPipe(io) || process.HasExited);

    /// <summary>Lets go of the connection, which ends the capture and cleans up over there; ends the process where it does not end by itself.</summary>
    /// <returns>What it said.</returns>
    private static async Task<string> End(Process process, Task<string> errors)
    {
        EndInput(process);
        try
        {
            process.StandardOutput.Close(); // it may be writing still
        }
        catch (InvalidOperationException)
        {
            // It is closed.
        }

        try
        {
            using var late = new CancellationTokenSource(MostWaitForEnd);
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        return (await errors).Trim();
    }

    private async Task<int> Talk(Process process, CancellationToken stop)
    {
        (Stream input, Stream output) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        string machine = (await Next(output, "machine", 1))[0];
        byte[] bytes = program.For(machine) ?? throw new UserError($"it is a machine of kind {Visible.Text(machine)}, for which no agent was given", "");
        await input.WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length}\n"), CancellationToken.None);
        await input.WriteAsync(bytes, CancellationToken.None);
        await input.FlushAsync(CancellationToken.None);
        await Next(output, "ready", 0);
        await watcher.AwaitStart(host);
        if (stop.IsCancellationRequested) throw new EndOfStreamException();
        await input.WriteAsync("go\n"u8.ToArray(), CancellationToken.None);
        await input.FlushAsync(CancellationToken.None);
        watcher.Say(host, "begins");

        string[] result = await Next(output, "result", 3);
        if (!int.TryParse(result[0], out int code) || !long.TryParse(result[1], out long said) || !long.TryParse(result[2], out long size) || said < 0 || size < 0)
            throw new UserError($"its answer makes no sense: {Visible.Text(string.Join(' ', result))}", "");
        string words = await ReadWords(output, said);
        if (size == 0) throw new UserError(code == 126 ? $"{options.RemoteFolder} does not let programs run there; name another folder with --remote-dir" : words.Length > 0 ? words : $"the capture ended with exit code {code}", "");
        await Fetch(output, size);
        return code;
    }

    private static async Task<string> ReadWords(Stream output, long size)
    {
        using var words = new MemoryStream();
        await using var said = new LimitedStream(output, size);
        byte[] bytes = new byte[64 * 1024];
        for (int read; (read = await said.ReadAsync(bytes, CancellationToken.None)) > 0;)
        {
            if (words.Length < MostWords) words.Write(bytes, 0, read);
        }

        return Visible.Lines(Encoding.UTF8.GetString(words.ToArray())).Trim();
    }

    private async Task Fetch(Stream output, long size)
    {
        using var file = new PendingFile(options.FileOf(host));
        try
        {
            await Fetch(file, output, size);
        }
        catch (Exception error) when (error.Message.Contains(file.Part, StringComparison.Ordinal))
        {
            throw new UserError(error.Message.Replace(file.Part, file.FullName, StringComparison.Ordinal), "");
        }
    }

    private async Task Fetch(PendingFile file, Stream output, long size)
    {
        if (program.MakesDirectory)
        {
            string folder = file.Part + ".d";
            try
            {
                Directory.CreateDirectory(folder);
                await using (var archive = new LimitedStream(output, size)) await TarFile.ExtractToDirectoryAsync(archive, folder, overwriteFiles: false, CancellationToken.None);
                ImportJob.Run(new ImportOptions(Path.Combine(folder, "result"), file.Part, Force: false, Format: null), () => Stream.Null, TextWriter.Null, TextWriter.Null, CancellationToken.None);
            }
            finally
            {
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }
        }
        else
        {
            await using FileStream into = file.Open();
            await using var from = new LimitedStream(output, size);
            await from.CopyToAsync(into, CancellationToken.None);
        }

        using var said = new StringWriter();
        if (VerifyJob.Run(file.Part, json: false, said, CancellationToken.None) != ExitCode.Done) watcher.Say(host, "`verify` finds differences in what was fetched: look at it with analyze verify");
        file.Commit(replace: false);
    }

    private Process Start()
    {
        string script = $"OUTPUT={ShellText.Quote(options.RemoteFolder)} PROGRAM={ShellText.Quote(program.Command)}\n{Script}", command = $"sh -c {ShellText.Quote(script)}";
        List<string> words = [.. options.Via.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Replace("{host}", host, StringComparison.Ordinal))];
        int at = words.FindIndex(word => word.Contains("{command}", StringComparison.Ordinal));
        if (at >= 0) words[at] = words[at].Replace("{command}", command, StringComparison.Ordinal);
        else words.AddRange(["sh", "-c", script]);

        // Ctrl-C goes to all processes of a terminal: a connection that it ends fetches nothing.
        if (HasSetSid) words.Insert(0, "setsid");
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardErrorEncoding = Encoding.UTF8 };
        try
        {
            return Process.Start(start) ?? throw new UserError($"{words[0]} did not start", "");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new UserError($"{Visible.Text(words[0])} cannot be started: {error.Message}", "");
        }
    }

    /// <summary>Reads on to the next line from the script over there. What comes before, a banner for example, may be the reason of a failure.</summary>
    /// <param name="output">What it says.</param>
    /// <param name="expected">The first word of the line.</param>
    /// <param name="count">How many words follow.</param>
    /// <returns>These words.</returns>
    private async Task<string[]> Next(Stream output, string expected, int count)
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (await output.ReadAsync(one, CancellationToken.None) == 1)
        {
            if (one[0] != '\n' && line.Count < LongestLine)
            {
                line.Add(one[0]);
                continue;
            }

            string text = Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Clear();
            if (!text.StartsWith(Mark, StringComparison.Ordinal))
            {
                if (_noise.Length < MostNoise) _noise.AppendLine(text);
                continue;
            }

            string[] words = text[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 1 + count && words[0] == expected) return words[1..];
            throw new UserError(Visible.Text(words is ["failed", .. var why] ? string.Join(' ', why) : $"its answer makes no sense: {text}"), "");
        }

        throw new EndOfStreamException();
    }

    private static void EndInput(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static string ReadScript()
    {
        using Stream stream = typeof(RemoteHost).Assembly.GetManifestResourceStream("collect.sh") ?? throw new InvalidOperationException("collect.sh is not built in");
        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().Split('\n').Where(line => !line.StartsWith('#')));
    }

    /// <summary>The next bytes of a stream, as many as were announced.</summary>
    private sealed class LimitedStream(Stream from, long left) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = left == 0 ? 0 : await from.ReadAsync(buffer[..(int)Math.Min(buffer.Length, left)], cancellationToken);
            if (read == 0 && left > 0 && buffer.Length > 0) throw new EndOfStreamException();
            left -= read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
