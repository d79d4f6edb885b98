// SPDX-License-Identifier: GPL-3.0-or-later
// How one run is doing: its state or failure, figures, log, ranks and command.
#pragma once

#include <array>
#include <optional>

#include "core/base/runs/run_folder.h"

#include "ui/panels/page.h"
#include "ui/services/log_tail.h"

class QLabel;
class QStackedWidget;
class QTimer;

namespace switchyard::ui {

class Card;
class EmptyState;
class LogView;
class RunCommands;
class StateCard;
class Tile;

/// Thread: GUI thread.
class RunPage : public Page {
    Q_OBJECT
public:
    explicit RunPage(AppContext& context, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void choose();
    void refresh();
    void fillTiles(const runs::RunStatus& run);
    void fillSide(const runs::RunStatus& run);
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
    Card* cause_;
    QLabel* cause_title_;
    QLabel* cause_text_;
    QLabel* cause_fix_;
    QLabel* ranks_;
    QLabel* command_;
    QTimer* settle_;
};

}  // namespace switchyard::ui
