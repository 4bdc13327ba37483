using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.Text;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Import;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Verify;
using DropForensics.Core;

namespace DropForensics.Analyze.Collect;

/// <summary>
/// One host's part of a collection, over one process that reaches it: standard input takes the program and then holds the capture alive, standard output gives
/// the result. The shell script on the other side (collect.sh) removes all of its files however it ends.
/// </summary>
internal sealed class RemoteHost(string host, CollectOptions options, RemoteProgram program, RemoteHost.IWatcher watcher)
{
    private const string Mark = "DROPFORENSICS ";
    private const int LongestLine = 4096, MostNoise = 1000;

    private static readonly string Script = ReadScript();

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
        catch (Exception error) when (error is IOException or EndOfStreamException or ObjectDisposedException)
        {
            string said = (await errors).Trim();
            string why = said.Length > 0 ? said : _noise.ToString().Trim();
            await process.WaitForExitAsync(CancellationToken.None);
            throw new UserError(
                stop.IsCancellationRequested && why.Length == 0 ? "stopped before it had recorded"
                : why.Length > 0 ? Visible.Lines(why) : $"the connection ended with exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}", "");
        }
        finally
        {
            EndInput(process);
        }
    }

    private async Task<int> Talk(Process process, CancellationToken stop)
    {
        (Stream input, Stream output) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        string machine = (await Next(output, "machine"))[0];
        byte[] bytes = program.For(machine) ?? throw new UserError($"it is a machine of kind {Visible.Text(machine)}, for which no agent was given", "");
        await input.WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length}\n"), CancellationToken.None);
        await input.WriteAsync(bytes, CancellationToken.None);
        await input.FlushAsync(CancellationToken.None);
        await Next(output, "ready");
        await watcher.AwaitStart(host);
        if (stop.IsCancellationRequested) throw new EndOfStreamException();
        await input.WriteAsync("go\n"u8.ToArray(), CancellationToken.None);
        await input.FlushAsync(CancellationToken.None);
        watcher.Say(host, "begins");

        string[] result = await Next(output, "result");
        (int code, int said, long size) = (int.Parse(result[0], CultureInfo.InvariantCulture), int.Parse(result[1], CultureInfo.InvariantCulture), long.Parse(result[2], CultureInfo.InvariantCulture));
        byte[] text = new byte[Math.Clamp(said, 0, 1 << 20)];
        await output.ReadExactlyAsync(text, CancellationToken.None);
        string words = Visible.Lines(Encoding.UTF8.GetString(text)).Trim();
        if (size == 0) throw new UserError(code == 126 ? $"{options.RemoteFolder} does not let programs run there; name another folder with --remote-dir" : words.Length > 0 ? words : $"the capture ended with exit code {code}", "");
        await Fetch(output, size);
        return code;
    }

    private async Task Fetch(Stream output, long size)
    {
        using var file = new PendingFile(options.FileOf(host));
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
        string command = $"sh -c {RemoteProgram.Quote($"OUTPUT={RemoteProgram.Quote(options.RemoteFolder)} PROGRAM={RemoteProgram.Quote(program.Command)}\n{Script}")}";
        List<string> words = [.. options.Via.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Replace("{host}", host, StringComparison.Ordinal))];
        int at = words.FindIndex(word => word.Contains("{command}", StringComparison.Ordinal));
        if (at >= 0) words[at] = words[at].Replace("{command}", command, StringComparison.Ordinal);
        else words.AddRange(["sh", "-c", $"OUTPUT={RemoteProgram.Quote(options.RemoteFolder)} PROGRAM={RemoteProgram.Quote(program.Command)}\n{Script}"]);

        // Ctrl-C goes to all processes of a terminal: a connection that it ends fetches nothing.
        if (OperatingSystem.IsLinux()) words.InsertRange(0, ["setsid", "--wait"]);
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
    /// <returns>The words behind the first one.</returns>
    private async Task<string[]> Next(Stream output, string expected)
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

            string[] words = text[Mark.Length..].Split(' ');
            if (words[0] == expected) return words[1..];
            throw new UserError(Visible.Text(string.Join(' ', words[0] == "failed" ? words[1..] : words)), "");
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
