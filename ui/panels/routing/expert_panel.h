// SPDX-License-Identifier: GPL-3.0-or-later
// The Routing page's inspector: what the selected expert takes, over all samples that were traced, or over the
// evaluation data.
#pragma once

#include <QList>
#include <QWidget>

#include "ui/models/route_focus.h"
#include "ui/models/route_stats.h"
#include "ui/models/route_survey.h"
#include "ui/models/trace_reader.h"

class QLabel;
class QStackedWidget;
class QVBoxLayout;

namespace switchyard::ui {

class BarRows;
class ExpertSwatch;
class PatchTiles;
class SegmentedControl;
class ShareBar;
class SurveyBar;
class SurveyRun;

/// Thread: GUI thread.
class ExpertPanel : public QWidget {
    Q_OBJECT
public:
    ExpertPanel(RouteFocus& focus, SurveyRun& survey, QWidget* parent = nullptr);
    /// The samples that were traced, the shown one among them.
    void setSamples(const QList<RoutedSamplePtr>& samples);
    const ExpertProfile& profile() const { return profile_; }
    /// Over the evaluation data, as it is shown.
    const ExpertSurvey& counted() const { return counted_; }
    SegmentedControl* scope() const { return scope_; }
    SegmentedControl* order() const { return order_; }
    SurveyBar* surveyBar() const { return survey_bar_; }
    BarRows* nearest() const { return nearest_; }
    /// The card as text with tabs.
    QString table() const;
    BarRows* tokens() const { return tokens_; }
    BarRows* together() const { return together_; }
    PatchTiles* patches() const { return patches_; }

Q_SIGNALS:
    void patchChosen(const switchyard::ui::RoutedSamplePtr& sample, int patch);
    /// Of a sample of the evaluation data.
    void dataPatchChosen(const switchyard::ui::RouteQuery& query, int patch);
    void tableCopied();

private:
    static QString percent(double share);
    QWidget* makeBody();
    QLabel* addTitle(QVBoxLayout* column, const QString& title, QLabel** note);
    void refresh();
    bool ofData() const;
    void showShares(double texts, double images, double ratio);
    void showOthers(BarRows* rows, const QList<ChosenWith>& others, bool cosine);
    void showSamples();
    void showPatches();
    void showData();
    void showDataPatches();
    QString dataTable() const;

    RouteFocus& focus_;
    SurveyRun& survey_;
    QList<RoutedSamplePtr> samples_;
    ExpertProfile profile_;
    ExpertSurvey counted_;
    QString cut_;  ///< what the tiles of counted_ were cut for
    bool cutting_ = false;
    SegmentedControl* scope_ = nullptr;
    SegmentedControl* order_;
    SurveyBar* survey_bar_;
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
    QLabel* nearest_title_;
    QLabel* nearest_note_;
    BarRows* nearest_;
};

}  // namespace switchyard::ui
