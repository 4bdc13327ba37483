namespace DropForensics.Benchmarks.Inputs;

/// <summary>Trace text of as many drops as asked for: the same for the same request, its time going on from piece to piece.</summary>
/// <param name="records">What drops look like.</param>
/// <param name="seed">Another gives other drops in another order.</param>
internal sealed class MadeTrace(TraceRecord[] records, ulong seed = 1)
{
    /// <summary>When the first drop happened, µs of the trace clock.</summary>
    public const long OpenedUs = 1_000_000_000;

    private const int Cpus = 2;
    private const int DropsPerPiece = 256;
    private const uint MostGapUs = 12;

    private readonly byte[] _piece = new byte[DropsPerPiece * records.Max(record => record.Length)];
    private long _timeUs = OpenedUs;
    private ulong _random = seed;

    public long TimeUs => _timeUs;

    /// <summary>Gives the text in pieces, from one CPU and then the other, as a reader that sweeps gets it.</summary>
    public void Write(long drops, Taker take)
    {
        for (long done = 0; done < drops; done += DropsPerPiece)
        {
            int cpu = (int)(done / DropsPerPiece % Cpus), length = 0;
            for (long i = Math.Min(DropsPerPiece, drops - done); i > 0; i--)
            {
                TraceRecord record = records[Skewed()];
                record.Write(_piece.AsSpan(length), _timeUs, cpu);
                length += record.Length;
                _timeUs += 2 + Random(MostGapUs);
            }

            take(cpu, _piece.AsSpan(0, length));
        }
    }

    internal delegate void Taker(int cpu, ReadOnlySpan<byte> text);

    /// <summary>All of it, of one CPU.</summary>
    public byte[] ToArray(int drops)
    {
        using var text = new MemoryStream();
        Write(drops, (_, piece) => text.Write(piece));
        return text.ToArray();
    }

    // Few sites and flows make most of the drops, as on real hosts.
    private int Skewed() => (int)Math.Min(Random((uint)records.Length), Random((uint)records.Length));

    private uint Random(uint below)
    {
        _random = (_random * 6364136223846793005) + 1442695040888963407;
        return (uint)((_random >> 33) % below);
    }
}
