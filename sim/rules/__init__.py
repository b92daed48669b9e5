"""The equations of the model: pure functions, arrays in, arrays out; no draws, no input or output.

===============  ===========================================  =================================================
file             functions                                    what it says
===============  ===========================================  =================================================
``base``         ``industry``, ``industry_in_imitation``,     a village's lasting attraction
                 ``revealed_base``, ``log_base``,
                 ``rooting_factor``
``adoption``     ``weighted_share``, ``imitation_share``,     the hazard of opening a shop
                 ``monthly_hazard``,
                 ``village_log_multiplier``,
                 ``village_terms``
``information``  ``telling_households``, ``telling_share``,   who knows of selling online
                 ``next_awareness``
``internet``     ``internet_share``                           internet access by province
``support``      ``county_log_multiplier``,                   what guidance, loans, suppliers, scarcity and
                 ``county_terms``,                            incomers add to that hazard
                 ``local_log_multiplier``, ``local_terms``
``logistics``    ``volume_discount``, ``joint_discount``,     yuan per parcel
                 ``remoteness_cost``, ``parcel_cost``
``training``     ``training_inflow``,                         the stock of skill
                 ``next_training_stock``
``programme``    ``county_score``, ``centers_open``,          Rural Taobao's roll-out and partners' income
                 ``stations_open``, ``station_purchases``,
                 ``partner_income``, ``parcels_sorted``
``guidance``     ``counties_signed``, ``guidance_target``,    what county governments do
                 ``next_guidance``, ``acting_guidance``,
                 ``guided_training``
``credit``       ``loan_share``, ``credit_sales_factor``,     small loans
                 ``partner_patience``
``chain``        ``next_suppliers``, ``chain_strength``,      suppliers gather where shops are
                 ``express_saving``, ``chain_sales_factor``
``limits``       ``capacity_shops``, ``relieved_capacity``,   land, capital, talent and services slow large
                 ``scarcity``, ``scarcity_sales_factor``      villages
``migration``    ``goods_at_hand``, ``next_incomers``,        returning youth and incoming merchants
                 ``next_merchants``,
                 ``incoming_shops``,
                 ``incomers_without_shop``,
                 ``incomer_sales_factor``
``consumption``  ``buyer_share``, ``station_buyers``,         online buying, and partners' living
                 ``month_factor``, ``wanted_orders``,
                 ``served_share``, ``station_orders``,
                 ``orders_per_day``,
                 ``singles_day_turnover``,
                 ``partner_earnings``,
                 ``outside_income``, ``selected_skill``
``copying``      ``leading_product``, ``product_taken``       what a village sells
``market``       ``crowding``, ``trade_factor``,              sales of shops and villages, parcels
                 ``village_sales``, ``next_novice_size``,
                 ``parcels``
``demand``       ``wholesale_share``, ``export_demand``,      wholesale, buyers abroad, brands
                 ``demand_factor``, ``next_branding``,
                 ``relieved_crowding``
``genealogy``    ``own_initiative_share``, ``tie_strength``    whom an opening came from
``exit``         ``closing_hazard``, ``closing_threshold``    the hazard of closing a shop
===============  ===========================================  =================================================
"""
