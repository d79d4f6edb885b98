// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page's inspector: what the selected expert takes, over all samples that were traced.
#pragma once

#include <QList>
#include <QWidget>

#include "ui/models/route_focus.h"
#include "ui/models/route_stats.h"

class QLabel;
class QStackedWidget;
class QVBoxLayout;

namespace switchyard::ui {

class BarRows;
class ExpertSwatch;
class PatchTiles;
class ShareBar;

/// Thread: GUI thread.
class ExpertPanel : public QWidget {
    Q_OBJECT
public:
    explicit ExpertPanel(RouteFocus& focus, QWidget* parent = nullptr);
    /// The samples that were traced, the shown one among them.
    void setSamples(const QList<RoutedSamplePtr>& samples);
    const ExpertProfile& profile() const { return profile_; }
    /// The card as text with tabs.
    QString table() const;
    BarRows* tokens() const { return tokens_; }
    BarRows* together() const { return together_; }
    PatchTiles* patches() const { return patches_; }

Q_SIGNALS:
    void patchChosen(const switchyard::ui::RoutedSamplePtr& sample, int patch);
    void tableCopied();

private:
    QWidget* makeBody();
    QLabel* addTitle(QVBoxLayout* column, const QString& title, QLabel** note);
    void refresh();
    void showPatches();

    RouteFocus& focus_;
    QList<RoutedSamplePtr> samples_;
    ExpertProfile profile_;
    QStackedWidget* stack_;
    ExpertSwatch* swatch_;
    QLabel* heading_;
    QLabel* caption_;
    QLabel* text_share_;
    QLabel* image_share_;
    ShareBar* share_;
    QLabel* here_;
    QLabel* tokens_title_;
    QLabel* tokens_note_;
    BarRows* tokens_;
    QLabel* patches_title_;
    QLabel* patches_note_;
    PatchTiles* patches_;
    QLabel* together_title_;
    BarRows* together_;
};

}  // namespace switchyard::ui
