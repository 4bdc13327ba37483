using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Network;
using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Recording;

/// <summary>
/// What a flight recorder does beside recording: after some time or bytes it begins a new part of the file, so that old drops can be removed with their
/// part. Used by the recording stage's thread alone.
/// </summary>
/// <param name="kernel">What is armed.</param>
/// <param name="folder">Keeps the parts.</param>
/// <param name="make">Makes the next part in a file.</param>
/// <param name="files">What later code needs to read the records; in each part.</param>
/// <param name="look">Reads the host: it is as it was after one part and before the next.</param>
/// <param name="options">How much is kept.</param>
internal sealed class Rotation(
    ArmedKernel kernel, PartFolder folder, Func<string, Segment> make, IReadOnlyList<HostFile> files, Func<HostView> look, CaptureOptions options)
{
    // A part more is kept than was asked for, on average half of one.
    private const int PartsKept = 8, PartsOpen = 2;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly long _partNs = Math.Max(options.KeepLast.GetValueOrDefault().Ticks / PartsKept, Shortest.Ticks) * TimeSpan.NanosecondsPerTick;
    private readonly long _partBytes = options.MaxSize / (PartsKept + PartsOpen);
    private readonly List<string> _saved = [];

    /// <summary>What was given up to spare the host, which does not come back; timed from the beginning of the first part.</summary>
    public ReliefRow? StacksGone { get; set; }

    /// <summary>From when on a sample is recorded; timed from the beginning of the first part.</summary>
    public ReliefRow? Sampled { get; set; }

    /// <summary>When the first part began.</summary>
    public long OpenedNs { get; set; }

    /// <summary>A step that was taken in a part or before it, timed from the beginning of that part.</summary>
    public ReliefRow Within(ReliefRow step, Segment part) => step with { TNs = Math.Max(0, OpenedNs + step.TNs - (part.Row.OpenedNs ?? 0)) };

    /// <summary>It is time for the next part.</summary>
    public bool IsDue(Segment current)
    {
        long ageNs = HostClock.Read().MonoNs - (current.Row.OpenedNs ?? 0);
        return ageNs >= _partNs || (ageNs >= Shortest.Ticks * TimeSpan.NanosecondsPerTick && current.Writer.SizeBytes >= _partBytes);
    }

    /// <summary>Checks that there is room for drops in the parts, each of which tells of the host as well.</summary>
    /// <param name="emptyBytes">What the first part takes without drops.</param>
    /// <exception cref="UserError">There is not.</exception>
    public void CheckSize(long emptyBytes)
    {
        long least = 2 * emptyBytes * (PartsKept + PartsOpen);
        if (options.MaxSize < least)
            throw new UserError($"--max-size is too small for a flight recorder on this host: a file without drops takes {emptyBytes >> 10:N0} KiB", $"Give --max-size {(least >> 20) + 1}MiB or more, or leave out what the host looks like: --no-host-state.");
    }

    /// <summary>Begins the next part.</summary>
    /// <param name="current">The one that ends with it; the rings still hold drops of it.</param>
    /// <param name="cause">What ends that.</param>
    public (Segment Next, Handover Last) Begin(Segment current, string cause)
    {
        Segment next = make(folder.Next());
        try
        {
            return Begin(next, current, cause);
        }
        catch
        {
            next.Writer.Discard();
            throw;
        }
    }

    private (Segment Next, Handover Last) Begin(Segment next, Segment current, string cause)
    {
        (KernelCounts? until, KernelCounts? from, long atNs) = kernel.CountsBetween(() => HostClock.Read().MonoNs);
        HostView seen = look();   // its counters first: they are held against what was traced
        current.Row = current.Row with { ClosedNs = atNs, Ended = cause };
        if (StacksGone is { } gone) current.Add(Within(gone, current));
        var last = new Handover(current, new SegmentEnd(until, seen, IsSteered: false, current.Relief, WriteFailure: null, ReadFailure: null), kernel.Ring.Cpus);

        next.Row = next.Row with { OpenedNs = atNs };
        next.Recorder.OpenedNs = atNs;
        next.Writer.AddClock(HostClock.Read());
        if (StacksGone is { } before)
        {
            next.Recorder.StacksUntilNs = atNs;
            next.Add(before with { TNs = 0 });
        }

        if (Sampled is { } sampled) next.Add(sampled with { TNs = 0 });
        next.Begin(files, from, seen);
        return (next, last);
    }

    /// <summary>Closes the part before, of which nothing is left in the rings, and removes what is not to be kept any longer.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Close(Handover last)
    {
        using Segment ended = last.Ending;
        CaptureResult result = last.Finish();
        if (result.WriteFailure is { } failure) throw failure;
        Add(result);
        folder.Trim(ended.Row.ClosedNs ?? 0, PartsOpen * _partBytes);

        // What was read of the host for two parts is garbage now, and a recorder may run for weeks.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>Saves the closed parts in a folder of their own; a failure is only said.</summary>
    /// <param name="number">How many times that was done, with this one.</param>
    public void Save(int number)
    {
        string file = PartFolder.SavedAs(options.Output, number);
        try
        {
            _saved.Add(folder.SaveAs(file));
            if (!options.Quiet) Console.Error.WriteLine($"capture: saved in {Printable.Of(_saved[^1])}");
        }
        catch (UserError e)
        {
            Console.Error.WriteLine($"capture: {e.Message}; the recording goes on");
        }
    }

    /// <summary>The result of all parts together. A single one becomes the file that was asked for.</summary>
    /// <param name="last">Of the last part.</param>
    public CaptureResult End(CaptureResult last)
    {
        Part[] earlier = [.. folder.Parts];
        Add(last);
        last = last with { Saved = _saved };
        if (earlier.Length == 0 && last.End == FileEnd.OneFile && !Path.Exists(options.Output))
        {
            string file = Path.GetFullPath(options.Output);
            File.Move(last.File, file);
            folder.Remove();
            return last with { File = file };
        }

        return last with
        {
            File = folder.Path,
            End = last.End == FileEnd.OneFile ? FileEnd.InParts : last.End,
            Row = last.Row with { OpenedNs = folder.Parts[0].OpenedNs },
            Ledger = earlier.Select(part => part.Ledger).Append(last.Ledger).Aggregate((first, next) => first.Then(next)),
            Sites = [.. earlier.SelectMany(part => part.Sites), .. last.Sites],
        };
    }

    /// <summary>Adds a closed part.</summary>
    private void Add(CaptureResult result) => folder.Add(new Part(result.File, result.Row.OpenedNs ?? 0, result.Row.ClosedNs ?? 0, new FileInfo(result.File).Length, result.Ledger, result.Sites));
}

/// <summary>An order to save what a flight recorder has, while it goes on.</summary>
/// <param name="Number">How many there were, with this one.</param>
/// <param name="Cause">Why.</param>
internal sealed record SaveOrder(int Number, string Cause);
