using System.Globalization;
using DropForensics.Core.Model;

namespace DropForensics.Core.Attribution;

/// <summary>
/// The driver behind an interface: its own if it has no lower link, otherwise the single driver at the bottom of its lower links. Names do not count:
/// each namespace has an <c>eth0</c>.
/// </summary>
public sealed class InterfaceDrivers
{
    // The kernel stacks at most 8 devices (MAX_NEST_DEV, include/linux/netdevice.h); anything deeper is not a real host.
    private const int MaxDepth = 16;

    private readonly Dictionary<(long Netns, int IfIndex), InterfaceRow> _rows = [];
    private readonly Dictionary<(long Netns, int IfIndex), string?> _drivers = [];

    /// <param name="interfaces">Those of all namespaces at one moment; of two with the same key the later is taken.</param>
    /// <param name="before">An earlier reading, used for interfaces that are gone.</param>
    public InterfaceDrivers(IEnumerable<InterfaceRow> interfaces, InterfaceDrivers? before = null)
    {
        foreach (InterfaceRow row in interfaces) _rows[(row.Netns, row.IfIndex)] = row;
        foreach ((long, int) key in _rows.Keys) _drivers[key] = new Walk(_rows).Bottom(key);
        if (before is null) return;
        foreach (((long, int) key, string? driver) in before._drivers)
        {
            // It changed in between (a new bond member, a reused index): which one a packet met is unknown.
            if (!_drivers.TryAdd(key, driver) && _drivers[key] != driver) _drivers[key] = null;
        }
    }

    /// <summary>
    /// The base driver; null if unknown: several drivers at the bottom, a dangling or circular link, two different readings, or an interface that was never listed.
    /// </summary>
    /// <param name="netns">Inode of the interface's namespace.</param>
    /// <param name="ifIndex">Its index there.</param>
    public string? Of(long netns, int ifIndex) => _drivers.GetValueOrDefault((netns, ifIndex));

    /// <summary>One walk down from one interface.</summary>
    private sealed class Walk(Dictionary<(long Netns, int IfIndex), InterfaceRow> rows)
    {
        // False while its lower links are being walked; meeting it again then means a circle.
        private readonly Dictionary<(long, int), bool> _walked = [];
        private string? _found;

        public string? Bottom((long, int) top) => Descend(top, 0) ? _found : null;

        private bool Descend((long, int) key, int depth)
        {
            if (_walked.TryGetValue(key, out bool walked)) return walked;
            if (depth == MaxDepth || !rows.TryGetValue(key, out InterfaceRow? row)) return false;
            _walked[key] = false;
            if (!(row.Lower is null ? Take(row.Driver) : DescendAll(row.Netns, row.Lower, depth + 1))) return false;
            return _walked[key] = true;
        }

        private bool DescendAll(long netns, ReadOnlySpan<char> lower, int depth)
        {
            foreach (Range part in lower.Split(' '))
            {
                if (!TryParse(lower[part], netns, out (long, int) key) || !Descend(key, depth)) return false;
            }

            return true;
        }

        private bool Take(string? driver)
        {
            if (driver is null || (_found is not null && _found != driver)) return false;
            _found = driver;
            return true;
        }

        /// <summary><c>7</c> in <paramref name="netns"/>, <c>4026532178:7</c> in another.</summary>
        private static bool TryParse(ReadOnlySpan<char> text, long netns, out (long, int) key)
        {
            int colon = text.IndexOf(':');
            key = default;
            if (colon >= 0 && !long.TryParse(text[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out netns)) return false;
            if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int ifIndex)) return false;
            key = (netns, ifIndex);
            return true;
        }
    }
}
