using DropForensics.Analyze.Display;
using DropForensics.Core;
using DropForensics.Core.Store;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Collect;

/// <summary>Records on many hosts at once, and fetches the captures.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="notes">Is told how it goes, a line for each step of a host.</param>
internal sealed class CollectJob(CollectOptions options, TextWriter notes) : RemoteHost.IWatcher
{
    // A host that is slow to get its program does not keep all others waiting for longer.
    private static readonly TimeSpan MostWaitForOthers = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _begin = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _getReady = [.. options.Hosts];

    /// <param name="stop">Ends the captures early; what they have recorded is fetched.</param>
    /// <returns>The captures, and whether one is missing or incomplete.</returns>
    /// <exception cref="UserError">Nothing was captured.</exception>
    public async Task<(IReadOnlyList<string> Files, ExitCode Code)> Run(CancellationToken stop)
    {
        options.CheckFiles();
        var program = new RemoteProgram(options);
        FileTrouble.RequireDirectoryOf(Path.GetFullPath(options.Folder));
        bool isNew = !Directory.Exists(options.Folder);
        Directory.CreateDirectory(options.Folder);
        await using CancellationTokenRegistration begin = stop.Register(() => _begin.TrySetResult());
        using var atOnce = new SemaphoreSlim(options.AtOnce);
        bool[] isDone = await Task.WhenAll(options.Hosts.Select(async host =>
        {
            await atOnce.WaitAsync(CancellationToken.None);
            try
            {
                return await Collect(host, program, stop);
            }
            finally
            {
                atOnce.Release();
            }
        }));
        IReadOnlyList<string> files = [.. options.Hosts.Select(options.FileOf).Where(File.Exists)];
        if (files.Count > 0) return (files, isDone.All(each => each) ? ExitCode.Done : ExitCode.Incomplete);
        if (isNew) Directory.Delete(options.Folder);
        throw new UserError("no host gave a capture", "The lines above say why, host by host.", ExitCode.Unable);
    }

    /// <inheritdoc/>
    public void Say(string host, string what)
    {
        lock (_lock) notes.WriteLine($"{Visible.Text(host)}: {what}");
    }

    /// <inheritdoc/>
    public async Task AwaitStart(string host)
    {
        IsReady(host);
        await Task.WhenAny(_begin.Task, Task.Delay(MostWaitForOthers));
        _begin.TrySetResult();
    }

    private async Task<bool> Collect(string host, RemoteProgram program, CancellationToken stop)
    {
        try
        {
            if (stop.IsCancellationRequested) throw new UserError("stopped before it had recorded", "");
            int code = await new RemoteHost(host, options, program, this).Run(stop);
            string file = options.FileOf(host);
            Say(host, $"{Bytes(new FileInfo(file).Length)} in {Visible.Text(file)}{(code == 0 ? "" : $"; the capture ended with exit code {code}: data is missing")}");
            return code == 0;
        }
        catch (UserError error)
        {
            Say(host, $"failed: {error.Message.TrimEnd('.')}");
            return false;
        }
        finally
        {
            IsReady(host);
        }
    }

    /// <summary>The last one of those that run at once lets all begin; whoever comes later begins at once.</summary>
    private void IsReady(string host)
    {
        lock (_lock)
        {
            _getReady.Remove(host);
            if (_getReady.Count <= Math.Max(0, options.Hosts.Count - options.AtOnce)) _begin.TrySetResult();
        }
    }
}
