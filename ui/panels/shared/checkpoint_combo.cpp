// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/shared/checkpoint_combo.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QListView>
#include <algorithm>
#include <filesystem>

#include "core/base/runs/run_folder.h"
#include "core/base/util/paths.h"
#include "ui/models/background.h"
#include "ui/models/run_words.h"
#include "ui/services/run_feed.h"

namespace switchyard::ui {
namespace {

constexpr int kReadAgainMs = 5000;

struct RunName {
    QString name;
    std::filesystem::path dir;
};

/// "step-00006000" is 6,000.
QString stepText(const std::filesystem::path& checkpoint) {
    const QString name = QString::fromStdString(checkpoint.filename().string());
    bool good = false;
    const qlonglong step = name.mid(name.indexOf(u'-') + 1).toLongLong(&good);
    return good ? CheckpointCombo::tr("step %1").arg(number(static_cast<double>(step), 0)) : name;
}

QList<CheckpointEntry> readEntries(const QList<RunName>& runs) {
    QList<CheckpointEntry> entries;
    for (const RunName& run : runs) {
        std::filesystem::path newest;
        try {
            newest = runs::newestCheckpoint(run.dir);
        } catch (const std::exception&) {
            continue;  // unreadable folders are told by the list of runs
        }
        if (newest.empty()) continue;
        entries.append({QStringLiteral("%1, %2").arg(run.name, stepText(newest)),
                        QString::fromStdString(newest.string()), QString::fromStdString(run.dir.string())});
    }
    const std::filesystem::path shipped = resourcesDir() / "demo";
    std::error_code error;
    if (std::filesystem::is_directory(shipped, error)) {
        entries.append({CheckpointCombo::tr("demo (shipped)"), QString::fromStdString(shipped.string()), {}});
    }
    return entries;
}

}  // namespace

CheckpointCombo::CheckpointCombo(AppContext& context, QWidget* parent) : QComboBox(parent), context_(context) {
    setProperty("small", true);
    setAccessibleName(tr("Checkpoint"));
    setSizeAdjustPolicy(AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(24);
    auto* list = new QListView;
    list->setTextElideMode(Qt::ElideMiddle);
    setView(list);
    addItem(tr("Reading checkpoints"));
    setEnabled(false);
    connect(this, &QComboBox::activated, this, [this](int row) {
        if (row >= 0 && row < entries_.size()) choose(entries_[row]);
    });
    connect(&context_.runs(), &RunFeed::listChanged, this, &CheckpointCombo::readWhenChanged);
    timer_.setInterval(kReadAgainMs);
    connect(&timer_, &QTimer::timeout, this, [this] {
        const auto& runs = context_.runs().statuses();
        const bool live =
            std::any_of(runs.begin(), runs.end(), [](const auto& run) { return runs::isLive(run.state); });
        if (live && isVisible()) read();
    });
}

void CheckpointCombo::start() {
    started_ = true;
    timer_.start();
    readWhenChanged();
}

void CheckpointCombo::readWhenChanged() {
    if (!started_ || !context_.runs().listed()) return;
    QString seen;
    for (const auto& run : context_.runs().statuses()) {
        seen += QString::fromStdString(run.dir.string()) + u'\n' + QString::number(static_cast<int>(run.state));
    }
    if (listed_ && seen == runs_seen_) return;
    runs_seen_ = seen;
    read();
}

void CheckpointCombo::read() {
    if (std::exchange(reading_, true)) {
        again_ = true;
        return;
    }
    QList<RunName> runs;
    for (const auto& run : context_.runs().statuses()) runs.append({QString::fromStdString(run.name), run.dir});
    inBackground(
        this, [runs] { return readEntries(runs); },
        [this](const QList<CheckpointEntry>& entries) {
            reading_ = false;
            take(entries);
            if (std::exchange(again_, false)) read();
        });
}

void CheckpointCombo::take(QList<CheckpointEntry> entries) {
    const auto found = [&](const QString& folder) {
        return std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.folder == folder; });
    };
    if (!chosen_.folder.isEmpty() && found(chosen_.folder) == entries.end()) {
        // Right after the newer one of its run.
        const auto newer = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
            return !entry.run_dir.isEmpty() && entry.run_dir == chosen_.run_dir;
        });
        entries.insert(newer == entries.end() ? newer : newer + 1, chosen_);
    }
    if (view()->isVisible()) {  // not under the person's hand: at the next look at the runs
        runs_seen_.clear();
        return;
    }
    const bool first = !std::exchange(listed_, true);
    if (first || entries != entries_) {
        entries_ = entries;
        clear();
        for (const CheckpointEntry& entry : entries_) {
            addItem(entry.label);
            setItemData(count() - 1, entry.folder, Qt::ToolTipRole);
        }
        if (entries_.isEmpty()) addItem(tr("No checkpoint"));
        setEnabled(!entries_.isEmpty());
    }
    CheckpointEntry entry = chosen_;
    // A folder that was chosen before the list was read may be one of the runs'.
    if (const auto listed = std::find_if(entries_.cbegin(), entries_.cend(),
                                         [&](const auto& e) { return e.folder == chosen_.folder; });
        listed != entries_.cend())
        entry = *listed;
    if (entry.folder.isEmpty() && !entries_.isEmpty()) {
        const auto of = [&](const QString& run_dir) {
            return std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.run_dir == run_dir; });
        };
        auto best = context_.selectedRun().isEmpty() ? entries_.end() : of(context_.selectedRun());
        if (best == entries_.end()) best = of(QString());
        entry = best == entries_.end() ? entries_.first() : *best;
    }
    choose(entry);
    if (first && entry.folder.isEmpty()) Q_EMIT chosenChanged();
}

void CheckpointCombo::askForFolder(QWidget* over, const QString& title) {
    auto* dialog = new QFileDialog(over, title, context_.runsDir());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, &CheckpointCombo::chooseFolder);
    dialog->open();
}

void CheckpointCombo::chooseFolder(const QString& folder) {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.folder == folder; });
    if (found != entries_.end()) return choose(*found);
    const CheckpointEntry entry{QFileInfo(folder).fileName(), folder, {}};
    if (entries_.isEmpty()) clear();  // "No checkpoint"
    entries_.append(entry);
    addItem(entry.label);
    setItemData(count() - 1, entry.folder, Qt::ToolTipRole);
    setEnabled(true);
    choose(entry);
}

void CheckpointCombo::choose(const CheckpointEntry& entry) {
    setCurrentIndex(static_cast<int>(std::max<qsizetype>(0, entries_.indexOf(entry))));
    setToolTip(entry.folder);
    if (entry == chosen_) return;
    chosen_ = entry;
    Q_EMIT chosenChanged();
}

}  // namespace switchyard::ui
