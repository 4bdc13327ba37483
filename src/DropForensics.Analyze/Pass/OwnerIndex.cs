using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Pass;

/// <summary>Numbers those who own packets' sockets, by name: the users of one unit or container are one owner.</summary>
internal sealed class OwnerIndex
{
    /// <summary>Stands for a packet without an owner.</summary>
    public const int None = -1;

    // A host that starts a job a second has a control group for each: those with the fewest drops are counted together.
    private const int MostNames = 256;

    private readonly Dictionary<long, int> _numbers = [];
    private readonly List<string> _names = [];

    /// <param name="owners">All owners.</param>
    /// <param name="dropsOf">Drops of each owner by its id; asked only where there are many.</param>
    public OwnerIndex(IReadOnlyList<OwnerRow> owners, Func<IReadOnlyDictionary<long, long>> dropsOf)
    {
        List<IGrouping<string, OwnerRow>> named = owners.GroupBy(owner => owner.Name).ToList();
        if (named.Count > MostNames)
        {
            IReadOnlyDictionary<long, long> drops = dropsOf();
            named = [.. named.OrderByDescending(group => group.Sum(owner => drops.GetValueOrDefault(owner.Id)))];
        }

        foreach ((int number, IGrouping<string, OwnerRow> group) in named.Take(MostNames).Index())
        {
            _names.Add(Visible.Text(group.Key));
            foreach (OwnerRow owner in group)
            {
                _numbers.Add(owner.Id, number);
            }
        }

        Others = named.Count - _names.Count;
        if (Others == 0)
        {
            return;
        }

        foreach (OwnerRow owner in named.Skip(MostNames).SelectMany(group => group))
        {
            _numbers.Add(owner.Id, _names.Count);
        }

        _names.Add(OthersName(Others));
    }

    /// <summary>How many have no number of their own.</summary>
    public int Others { get; }

    /// <summary>The number of an owner; <see cref="None"/> where there is none.</summary>
    public int NumberOf(long owner) => owner < 0 ? None : _numbers.GetValueOrDefault(owner, None);

    /// <summary>The name of a number; null of <see cref="None"/>.</summary>
    public string? NameOf(int number) => number < 0 ? null : _names[number];

    private static string OthersName(int count) => $"{Units.Count(count)} others";
}
