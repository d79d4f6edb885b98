// SPDX-License-Identifier: GPL-3.0-or-later
// How one run is doing: its state or failure, figures and log; in the right dock its note, settings, ranks and command.
#pragma once

#include <array>
#include <optional>

#include "core/base/runs/run_status.h"

#include "ui/panels/page.h"
#include "ui/services/log_tail.h"

class QStackedWidget;
class QTimer;

namespace switchyard::ui {

class EmptyState;
class LogView;
class RunCommands;
class RunInspector;
class StateCard;
class Tile;

/// Thread: GUI thread.
class RunPage : public Page {
    Q_OBJECT
public:
    explicit RunPage(AppContext& context, QWidget* parent = nullptr);
    QWidget* inspectorPanel() override;

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void choose();
    void refresh();
    void fillTiles(const runs::RunStatus& run);
    void editNote();
    void copyReport();
    double last(const QString& tag) const;
    /// Of the selected run, worked out once in the background.
    void planAhead();
    QString peakRemark() const;

    LogTail log_;
    QString planned_run_;  ///< the run whose peak was asked for
    std::optional<double> planned_peak_;
    RunCommands* commands_;
    QStackedWidget* stack_;
    EmptyState* empty_;
    StateCard* state_;
    std::array<Tile*, 5> tiles_{};
    LogView* log_view_;
    RunInspector* inspector_;
    QTimer* settle_;
};

}  // namespace switchyard::ui
